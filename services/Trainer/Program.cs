using Maskwright.ServiceDefaults;
using Maskwright.Trainer;

if (args is [TrainingWorker.Argument])
    return await TrainingWorker.RunAsync();

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddArtifacts();
builder.AddTraining();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapGrpcService<TrainingGrpcService>();
return await app.RunServiceAsync();
