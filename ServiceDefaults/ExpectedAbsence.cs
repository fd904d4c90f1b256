using System.Diagnostics;
using Maskwright.Artifacts;
using OpenTelemetry;

namespace Maskwright.ServiceDefaults;

/// <summary>
/// Storage is often asked whether something is there, and "no" is an answer, not an error to be shown in red. .NET's client
/// marks every status from 400 on; the storage operation around the request marks itself where absence is an error.
/// </summary>
internal sealed class ExpectedAbsence : BaseProcessor<Activity>
{
    private const int NotFound = 404;

    public override void OnEnd(Activity data)
    {
        if (data.Status == ActivityStatusCode.Error
            && data.GetTagItem("http.response.status_code") is NotFound
            && data.Parent?.Source.Name == StorageTelemetry.SourceName)
        {
            data.SetStatus(ActivityStatusCode.Unset);
            data.SetTag("error.type", null);
        }
    }
}
