project = "Harbour"
author = "A. Sailor"
version = release = "3.1"
copyright = author
extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.doctest", "sphinx.ext.todo", "sphinx.ext.viewcode"]
html_theme = "basic"
html_copy_source = False
html_show_sphinx = False
todo_include_todos = True
nitpicky = True
latex_engine = "pdflatex"
today = "a fixed day"
