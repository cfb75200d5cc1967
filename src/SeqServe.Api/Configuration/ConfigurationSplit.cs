using System.ComponentModel;
using System.Globalization;
using System.Reflection;

namespace SeqServe.Api.Configuration;

/// <summary>
/// Parts a configuration section into what an options class can take and what it cannot. The binder stops at the first fault, and in its own words; the person
/// who starts the server wants all of them.
/// </summary>
internal sealed class ConfigurationSplit
{
    private readonly List<string> _faults = [];
    private readonly Dictionary<string, string?> _good = new(StringComparer.OrdinalIgnoreCase);

    private ConfigurationSplit()
    {
    }

    /// <summary>Keys and values that bind, relative to the section.</summary>
    public IReadOnlyDictionary<string, string?> Good => _good;

    /// <summary>Every key that does not exist and every value of the wrong type, with what to write instead.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Parts a section.</summary>
    public static ConfigurationSplit Of(IConfigurationSection section, Type options)
    {
        var split = new ConfigurationSplit();
        split.VisitObject(section, options, "");
        return split;
    }

    private void Visit(IConfigurationSection node, Type type, string path)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string) || type.IsValueType)
            VisitScalar(node, type, path);
        else if (type.IsGenericType)
            VisitEntries(node, type.GetGenericArguments()[^1], path);
        else
            VisitObject(node, type, path);
    }

    private void VisitObject(IConfigurationSection node, Type type, string path)
    {
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance);
        foreach (var child in node.GetChildren())
        {
            var property = properties.FirstOrDefault(p => p.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            if (property is null)
                _faults.Add($"{child.Path}: is not a key; the keys here are {string.Join(", ", properties.Select(p => p.Name))}");
            else
                Visit(child, property.PropertyType, Join(path, child.Key));
        }
    }

    private void VisitEntries(IConfigurationSection node, Type entry, string path)
    {
        // An empty array or object of a JSON file is an empty value here.
        if (!string.IsNullOrEmpty(node.Value))
            _faults.Add($"{node.Path} = {node.Value}: takes several entries; write {node.Path}:<name or number> for each");
        foreach (var child in node.GetChildren())
            Visit(child, entry, Join(path, child.Key));
    }

    private void VisitScalar(IConfigurationSection node, Type type, string path)
    {
        if (node.GetChildren().Any())
            _faults.Add($"{node.Path}: must be {Expected(type)}, not a group of keys");
        else if (node.Value is not { } value || Converts(value, type))
            _good[path] = node.Value;
        else
            _faults.Add($"{node.Path} = {value}: must be {Expected(type)}");
    }

    private static bool Converts(string value, Type type)
    {
        try
        {
            var converted = TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value);
            return converted is not null && (!type.IsEnum || Enum.IsDefined(type, converted));
        }
        catch (Exception e) when (e is FormatException or ArgumentException or OverflowException or NotSupportedException)
        {
            return false;
        }
    }

    private static string Expected(Type type) =>
        type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type))}"
        : type == typeof(TimeSpan) ? "a time such as 00:00:30"
        : type == typeof(string) ? "a string"
        : type == typeof(bool) ? "true or false"
        : string.Create(CultureInfo.InvariantCulture, $"a whole number ({type.Name})");

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}:{key}";
}
