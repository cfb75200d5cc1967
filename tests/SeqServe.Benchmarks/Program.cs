using SeqServe.Benchmarks;
using SeqServe.Benchmarks.Baselines;

return args switch
{
    ["latency", .. var rest] => LatencyCommand.Run(new Arguments(rest)),
    ["naive", .. var rest] => NaiveServer.Run(new Arguments(rest)),
    ["ceiling", .. var rest] => CeilingCommand.Run(new Arguments(rest)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        usage: dotnet run -c Release --project tests/SeqServe.Benchmarks -- COMMAND
          latency [--models DIR] [--tokens N] [--rounds N]       the table of the shipped classifiers
          naive --model NAME [--urls URL] [--models DIR]         the thirty-line server to compare with
          ceiling --model NAME --texts FILE [--models DIR]       the offline loop to compare with
        """);
    return 2;
}
