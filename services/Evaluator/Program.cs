using Maskwright.Evaluator;
using Maskwright.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddArtifacts();
builder.AddEvaluation();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapGrpcService<EvaluationGrpcService>();
return await app.RunServiceAsync();
