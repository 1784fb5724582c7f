;;; Drives a real Emacs with lsp-mode: diagnostics and the hover.  -*- lexical-binding: t -*-
;; Environment: DIFFVET_RECIPE (what a user puts into init.el), DIFFVET_FILE, DIFFVET_RESULT (what was seen, as JSON).

(require 'package)
(package-initialize)
(load (getenv "DIFFVET_RECIPE"))
(require 'lsp-mode)
(require 'json)

(setq create-lockfiles nil
      make-backup-files nil
      python-indent-guess-indent-offset nil
      lsp-auto-guess-root t
      lsp-enable-snippet nil
      lsp-restart 'ignore
      lsp-diagnostics-provider :none
      lsp-modeline-code-actions-enable nil
      lsp-headerline-breadcrumb-enable nil)

(defun until-true (what condition)
  "Wait until CONDITION holds, or fail naming WHAT."
  (with-timeout (20 (error "waited in vain for %s" what))
    (while (not (funcall condition))
      (accept-process-output nil 0.05))))

(defun found ()
  "The diagnostics of the file."
  (gethash buffer-file-name (lsp-diagnostics t)))

(defun review ()
  "Open, look, hover."
  (find-file (getenv "DIFFVET_FILE"))
  (lsp)
  (until-true "diagnostics" #'found)
  (let* ((first (car (found)))
         (start (gethash "start" (gethash "range" first)))
         (note (lsp-request "textDocument/hover"
                            (list :textDocument (lsp--text-document-identifier) :position start))))
    (list (cons "code" (gethash "code" first))
          (cons "line" (gethash "line" start))
          (cons "count" (length (found)))
          (cons "kind" (gethash "kind" (gethash "contents" note)))
          (cons "note" (gethash "value" (gethash "contents" note))))))

(let ((seen (condition-case problem (review)
              (error (list (cons "error" (error-message-string problem)))))))
  (with-temp-file (getenv "DIFFVET_RESULT")
    (insert (json-encode seen)))
  (kill-emacs (if (assoc "error" seen) 1 0)))
