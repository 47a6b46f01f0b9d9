using InstaMessenger.Hosting.Settings;
using InstaMessenger.Standalone;

return await ServiceProcess.RunAsync(() => StandaloneHost.Build(args));
