using SeqServe.Core.Errors;
using SeqServe.Core.Repository;
using SeqServe.Core.Tasks;

namespace SeqServe.Core.Registry;

/// <summary>A last check of a version that is loaded and does not serve yet.</summary>
/// <param name="found">Its folder.</param>
/// <param name="candidate">The version.</param>
/// <exception cref="ModelLoadException">It must not serve; the message is the reason.</exception>
public delegate void ModelAcceptance(RepositoryModel found, ServedModel candidate);
