"""Pieces that any application could use: forms, lists, dialogs, the frame, and the look of it all."""
