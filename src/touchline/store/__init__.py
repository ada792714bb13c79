"""What is kept: SQLAlchemy tables, their migrations, and the reads and writes that the layers above make."""
