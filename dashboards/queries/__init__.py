"""What pages ask of the database. Reading only; every list is bounded and rides on an index."""
