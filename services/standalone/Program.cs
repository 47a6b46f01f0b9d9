using InstaMessenger.Standalone;

StandaloneHost.Build(args).Run();
