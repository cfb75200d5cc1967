namespace SeqServe.Api.Documentation;

/// <summary>Documents that an action understands the header <c>X-Priority</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TakesPriorityAttribute : Attribute;
