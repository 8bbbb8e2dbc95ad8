"""Schemas: the columns of every delivered table, and the tables of images made from them."""
