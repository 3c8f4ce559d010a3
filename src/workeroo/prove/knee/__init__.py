"""What is the highest rate that a server answers within a target, and how sure is that?"""
