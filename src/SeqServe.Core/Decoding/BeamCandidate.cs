namespace SeqServe.Core.Decoding;

/// <summary>A way in which a beam may go on.</summary>
/// <param name="LogProbability">Of the beam and the token together.</param>
/// <param name="Beam">The beam's place among the present ones.</param>
/// <param name="Token">The token.</param>
internal readonly record struct BeamCandidate(double LogProbability, int Beam, int Token)
{
    /// <summary>Puts the most probable first; of equal ones that of the earlier beam, then the lower id.</summary>
    /// <param name="other">Another way.</param>
    public int CompareTo(BeamCandidate other)
    {
        var byProbability = other.LogProbability.CompareTo(LogProbability);
        var byBeam = byProbability != 0 ? byProbability : Beam.CompareTo(other.Beam);
        return byBeam != 0 ? byBeam : Token.CompareTo(other.Token);
    }
}
