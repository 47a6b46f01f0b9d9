using System.Collections;

namespace InstaMessenger.Hosting.Bus;

/// <summary>A bundle's items. They remember which one the handler took last: when it fails, that is most likely the bad one.</summary>
/// <typeparam name="T">The items.</typeparam>
internal sealed class ItemsInHand<T>(IReadOnlyList<T> items) : IReadOnlyList<T>
{
    /// <summary>The place of the item that was taken last.</summary>
    public int Last { get; private set; }

    public int Count => items.Count;

    public T this[int index]
    {
        get
        {
            Last = index;
            return items[index];
        }
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (var index = 0; index < items.Count; index++) yield return this[index];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
