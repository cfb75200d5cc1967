using SeqServe.Attack;

if (AttackOptions.Parse(args, out var fault) is not { } options)
{
    Console.Error.WriteLine(fault);
    Console.Error.WriteLine(AttackOptions.Usage);
    return 2;
}

try
{
    return await AttackRun.RunAsync(options, Console.Out) ? 0 : 1;
}
catch (Exception e) when (e is ArgumentException or InvalidOperationException or HttpRequestException or IOException)
{
    // Nothing was attacked: there is no server, or no such phase.
    Console.Error.WriteLine(e.Message);
    return 2;
}
