using Xunit.v3;

namespace InstaMessenger.IntegrationTests.Flows;

/// <summary>
/// Marks a suite of a form that lies between two others: whatever it is made of, one of these has too. <c>./test</c> runs only the flows
/// there that are <see cref="InEveryFormAttribute"/>, because a whole run has twenty minutes; <c>./test --forms</c> runs all of them.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class BetweenAttribute : Attribute, ITraitAttribute
{
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("Form", "Between")];
}

/// <summary>
/// Marks a flow that needs database, bus and several workers together, or dies half way: how these fit each other can be wrong where each
/// of them is right. What a form between two others can hardly have to itself, such as what the door refuses, needs no mark.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class InEveryFormAttribute : Attribute, ITraitAttribute
{
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("Flow", "InEveryForm")];
}
