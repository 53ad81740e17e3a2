"""What staff see: workbench, desk, meeting room, board, admin."""
