namespace SeqServe.Api.Security;

/// <summary>While API keys are configured, only one with <c>Admin</c> may use the route.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class AdminOnlyAttribute : Attribute;
