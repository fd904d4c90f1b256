namespace Maskwright.PageDefaults.Access;

/// <summary>What the login page says.</summary>
/// <param name="Name">What one logs in to, for instance "Maskwright dashboard".</param>
/// <param name="Hint">Where the token is found.</param>
/// <param name="Note">A line below the form.</param>
public sealed record LoginText(string Name, string Hint, string Note);
