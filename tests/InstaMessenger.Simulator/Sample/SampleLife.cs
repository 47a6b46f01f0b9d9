using InstaMessenger.Simulator.Meta;
using InstaMessenger.Simulator.Meta.Customers;

namespace InstaMessenger.Simulator.Sample;

/// <summary>
/// Customers who write on their own while somebody watches, read what they are sent, and answer it. They become tired: whoever leaves a
/// demo open overnight finds no thousand messages.
/// </summary>
internal sealed class SampleLife(MetaStandIn meta, IReadOnlyList<Customer> people)
{
    /// <summary>How long a step takes.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(3);

    private const int MostOfTheirOwn = 40;
    private const int MostAnswersOfEach = 6;

    private static readonly string[] Openings =
    [
        "Hello! Are you open on Sunday?", "Is it possible to pay on delivery?", "I love the new collection 😍",
        "How long does shipping take?", "Could you hold the red one for me?", "Do you have a shop in Berlin?",
        "Is the sale online as well?", "What material is it?",
    ];

    private static readonly string[] Answers =
        ["Perfect, thank you!", "Great 🙌", "Oh, that was quick. Thanks!", "And how much would that be?", "I will think about it.", "👍"];

    private readonly Dictionary<string, int> _answered = [];
    private readonly Dictionary<string, (string Mid, int Steps)> _seen = [];
    private int _steps;
    private int _own;

    /// <summary>Goes on until the simulator ends.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(Step, meta.Clock, stopping);
            await StepAsync();
        }
    }

    /// <summary>Each customer does what is next; now and then one begins by themselves, more seldom with each time.</summary>
    public async Task StepAsync()
    {
        foreach (var customer in people) await AttendAsync(customer);
        if (++_steps % (5 + _own) != 0 || _own >= MostOfTheirOwn) return;
        await people[_own * 7 % people.Count].SayAsync(Openings[_own++ % Openings.Length]);
    }

    /// <summary>Reads a new answer in the first step, and answers it in the third.</summary>
    private async Task AttendAsync(Customer customer)
    {
        if (customer.Messages is not [.., { FromCustomer: false, Unsent: false } last])
        {
            _seen.Remove(customer.Igsid);
            return;
        }

        // What was answered before anybody watched stays as it is.
        if (last.At < meta.Clock.GetUtcNow() - TimeSpan.FromMinutes(10)) return;
        var (mid, steps) = _seen.GetValueOrDefault(customer.Igsid);
        steps = mid == last.Mid ? steps + 1 : 0;
        _seen[customer.Igsid] = (last.Mid, steps);
        if (steps == 0) await customer.ReadAsync(last.Mid);
        var answers = _answered.GetValueOrDefault(customer.Igsid);
        if (steps != 2 || answers >= MostAnswersOfEach) return;
        _answered[customer.Igsid] = answers + 1;
        await customer.SayAsync(Answers[answers % Answers.Length]);
    }
}
