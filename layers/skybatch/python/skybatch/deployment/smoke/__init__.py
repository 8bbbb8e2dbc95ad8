"""After a deployment: what a user, a browser and a program do, tried on the service that runs."""
