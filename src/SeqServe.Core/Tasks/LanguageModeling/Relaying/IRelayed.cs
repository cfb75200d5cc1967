namespace SeqServe.Core.Tasks.LanguageModeling.Relaying;

/// <summary>A reader that a <see cref="Relay"/> wakes.</summary>
internal interface IRelayed
{
    /// <summary>Lets the reader go on, on the calling thread, until it waits again.</summary>
    void Wake();
}
