using Maskwright.DatasetPrep;
using Maskwright.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddArtifacts();
builder.AddDatasetPreparation();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapGrpcService<DatasetGrpcService>();
return await app.RunServiceAsync();
