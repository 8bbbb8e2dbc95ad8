"""What builds and checks the deployment; never part of it."""
