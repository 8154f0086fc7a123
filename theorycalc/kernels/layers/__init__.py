"""What a network is made of: layers, and which sequences of them have a kernel."""
