using SeqServe.Benchmarks;

switch (args)
{
    case ["latency", .. var rest]:
        return LatencyCommand.Run(rest);
    default:
        Console.Error.WriteLine("usage: dotnet run -c Release --project tests/SeqServe.Benchmarks -- latency [--models DIR] [--tokens N] [--rounds N]");
        return 2;
}
