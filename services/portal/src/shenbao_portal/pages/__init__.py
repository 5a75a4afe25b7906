"""The pages, one module a subject. A view asks services, and renders or redirects; rules are the services'."""
