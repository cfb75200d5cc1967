using System.Globalization;
using SeqServe.Core.Errors;
using SeqServe.Core.Files;
using SeqServe.Core.Repository;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tasks;

namespace SeqServe.Core.Registry.Golden;

/// <summary>Compares a version's answers to its golden cases before it serves.</summary>
/// <param name="tasks">The tasks there are.</param>
internal sealed class GoldenCheck(TaskCatalog tasks)
{
    private const int MaxReported = 3;
    private const int MaxCharacters = 60;
    private const int MaxBytes = 1 << 20;

    /// <summary>Checks a version; one without <see cref="GoldenFile.Name"/> passes.</summary>
    /// <exception cref="ModelLoadException">An answer differs, or the file has faults.</exception>
    public void Accept(RepositoryModel found, ServedModel candidate)
    {
        var path = Path.Combine(found.VersionFolder(candidate.Version), GoldenFile.Name);
        if ((!File.Exists(path) && !Directory.Exists(path)) || tasks[candidate.Manifest.Task].Golden is not { } golden)
            return;
        var file = Read(path, found.Root, golden);
        var faults = file.Cases
            .Select((expected, index) => Compare(
                expected, index, file.Tolerance, text => candidate.Runs.Bounded("A golden case", () => golden.Answer(candidate, text))))
            .OfType<string>()
            .ToList();
        if (faults.Count > 0)
            throw new ModelLoadException($"{faults.Count} of {file.Cases.Count} golden cases are answered differently: " +
                $"{string.Join("; ", faults.Take(MaxReported))}. Export the version again, or correct its {GoldenFile.Name}.");
    }

    private static GoldenFile Read(string path, string root, GoldenAnswers keys)
    {
        try
        {
            return GoldenFile.Read(RegularFile.Read(path, MaxBytes, root), keys);
        }
        catch (FileRefusedException e)
        {
            throw new ModelLoadException($"{GoldenFile.Name} {e.Message}.");
        }
        catch (ManifestException e)
        {
            throw new ModelLoadException($"{e.Message}.", e);
        }
    }

    private static string? Compare(GoldenCase expected, int index, double tolerance, Func<string, (string Answer, double Number)> answer)
    {
        var what = $"cases[{index}] {Quote(expected.Text)}";
        try
        {
            var (given, number) = answer(expected.Text);
            if (given != expected.Answer)
                return $"{what}: expected {Quote(expected.Answer)}, the version answers {Quote(given)}";
            // A number that is not finite agrees with nothing.
            return expected.Number is not { } wanted || Math.Abs(number - wanted) <= tolerance
                ? null
                : string.Create(
                    CultureInfo.InvariantCulture, $"{what}: expected {wanted}, the version computes {number:0.######}, which is off by more than {tolerance}");
        }
        catch (ServingException e)
        {
            return $"{what}: {e.Message.TrimEnd('.')}";
        }
    }

    private static string Quote(string text) => text.Length <= MaxCharacters ? $"\"{text}\"" : $"\"{text[..MaxCharacters]}…\"";
}
