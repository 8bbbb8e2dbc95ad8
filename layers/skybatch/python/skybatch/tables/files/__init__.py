"""Files of tables: which format a file has, and its tables as readers give them."""
