namespace Aspire.Hosting;

/// <summary>The application cannot be put together or started; the message names the resource and the cure.</summary>
/// <param name="message">What is wrong, where, and what to do.</param>
/// <param name="innerException">What caused it, or null.</param>
public class DistributedApplicationException(string message, Exception? innerException = null) : Exception(message, innerException);
