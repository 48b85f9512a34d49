"""What whoever runs Botcadence needs: one process at a time, backups, checks, and the words of the command line."""
