"""What whoever runs Botcadence does: backups, checks, and the words of the command line."""
