namespace Anhu.Modules.Messages;

/// <summary>Marks the texts of messages.</summary>
public sealed class MessagesText;
