using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using SeqServe.Benchmarks;
using SeqServe.Benchmarks.Baselines;
using SeqServe.Benchmarks.Completion;
using SeqServe.Benchmarks.Devices;
using SeqServe.Benchmarks.HotPath;
using SeqServe.Benchmarks.OpenInference;
using SeqServe.Benchmarks.Reload;
using SeqServe.Benchmarks.Sessions;
using SeqServe.Benchmarks.Tokenization;
using SeqServe.Benchmarks.Translation;

return args switch
{
    ["latency", .. var rest] => LatencyCommand.Run(new Arguments(rest)),
    ["graphs", .. var rest] => GraphsCommand.Run(new Arguments(rest)),
    ["naive", .. var rest] => NaiveServer.Run(new Arguments(rest)),
    ["naive-folder", .. var rest] => NaiveFolderServer.Run(new Arguments(rest)),
    ["sessions", .. var rest] => SessionsCommand.Run(new Arguments(rest)),
    ["hot-path", .. var rest] => HotPath(rest),
    ["garbage", .. var rest] => await GarbageCommand.RunAsync(new Arguments(rest)),
    ["ceiling", .. var rest] => CeilingCommand.Run(new Arguments(rest)),
    ["complete", .. var rest] => await CompleteCommand.RunAsync(new Arguments(rest)),
    ["prefill", .. var rest] => PrefillCommand.Run(new Arguments(rest)),
    ["stall", .. var rest] => await StallCommand.RunAsync(new Arguments(rest)),
    ["perplexity", .. var rest] => await PerplexityCommand.RunAsync(new Arguments(rest)),
    ["tensor-models", .. var rest] => TensorModels.Write(new Arguments(rest)),
    ["tensor-echo", .. var rest] => EchoServer.Run(new Arguments(rest)),
    ["tensor-small", .. var rest] => await SmallTensorCommand.RunAsync(new Arguments(rest)),
    ["tensor-large", .. var rest] => await LargeTensorCommand.RunAsync(new Arguments(rest)),
    ["devices", .. var rest] => await DevicesCommand.RunAsync(new Arguments(rest)),
    ["translate", .. var rest] => TranslateCommand.Run(new Arguments(rest)).GetAwaiter().GetResult(),
    ["tokenizers", .. var rest] => TokenizersCommand.Run(new Arguments(rest)),
    ["reload", .. var rest] => await ReloadCommand.RunAsync(new Arguments(rest)),
    _ => Usage(),
};

// In this process: the models are found from where it runs.
static int HotPath(string[] rest)
{
    BenchmarkRunner.Run<ClassifyBenchmarks>(DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)), rest);
    return 0;
}

static int Usage()
{
    Console.Error.WriteLine("""
        usage: dotnet run -c Release --project tests/SeqServe.Benchmarks -- COMMAND
          latency [--models DIR] [--tokens N] [--rounds N]       the table of the shipped classifiers
          graphs --graphs FILE,FILE [--rows 1,4] [--tokens N] [--rounds N]           graphs of one classifier against the first
          naive --model NAME [--version N] [--urls URL] [--models DIR]  the thirty-line server to compare with
          naive-folder --folder DIR [--urls URL]                 the same for a folder from Hugging Face: a classifier or a language model
          hot-path                                               time and garbage of a request, stage by stage
          garbage [--log Information] [--clients N] [--requests N]     what the whole server allocates beyond a bare one, by type
          ceiling --model NAME --texts FILE [--models DIR]       the offline loop to compare with
          sessions [--model NAME] [--pause-ms N] [--rounds N]     a lone run on the latency session over one on the other, and what further sessions take
          complete --model NAME --url URL --texts FILE [--tokens N] [--answers N] [--rounds N]     streams of a server with one thread, and the offline loop
          prefill --model NAME [--tokens N]                      a prompt in one run against its single steps
          stall --model NAME --url URL --texts FILE [--prompt N] time between tokens while long prompts arrive
          perplexity --model NAME --url URL --texts FILE         perplexity per word through /v1/score
          reload --model NAME --url URL --texts FILE [--pid N] [--key KEY] [--clients 32] [--reloads 100] [--seconds 30]     a classifier reloaded under load
          tokenizers --models DIR --texts FILE [--only NAME,NAME] [--rounds N]     DIR/*.tokenizer.json.gz against the reference implementation
          tensor-models --out DIR                                a repository with the two graphs for the next three
          tensor-echo [--urls URL]                               the plain route to compare with
          tensor-small --url URL --pid N --echo-url URL --echo-pid N [--requests N] [--clients N] [--rounds N]     a small model's CPU over the echo's
          tensor-large --url URL --models DIR [--rounds N] [--threads N]     4 MB by the binary form over a run in this process
          devices --url URL --other URL [--seconds N]             two servers with the same models on different devices (tests/gpu/run)
          translate --model NAME --texts FILE [--url URL] [--models DIR] [--sentences N] [--rounds N] [--seconds N] [--threads N]
        """);
    return 2;
}
