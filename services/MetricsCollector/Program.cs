using Maskwright.MetricsCollector;
using Maskwright.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddMetricsCollector();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapMetricsCollector();
return await app.RunCollectorAsync();
