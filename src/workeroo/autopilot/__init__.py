"""The watch: how are the workers of a running server held at the right number?"""
