(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '(prog-mode "diffvet" "lsp")))
