"""How do other load generators send the same visits?"""
