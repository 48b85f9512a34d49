"""What the application can do: plain functions, one noun a module or package."""
