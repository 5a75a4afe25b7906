"""What a file really is: found by reading it. A service that uses this names pypdf and pillow as its own needs."""
