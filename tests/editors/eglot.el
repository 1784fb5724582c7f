;;; Drives a real Emacs with eglot through reviews.  -*- lexical-binding: t -*-
;; Environment: DIFFVET_RECIPE (what a user puts into init.el), DIFFVET_FILE, DIFFVET_RESULT (what was seen, as JSON),
;; DIFFVET_SCENARIO (one of the functions below).

(load (getenv "DIFFVET_RECIPE"))
(require 'eglot)
(require 'json)

(setq create-lockfiles nil
      make-backup-files nil
      eglot-events-buffer-size 0
      eglot-sync-connect 20
      python-indent-guess-indent-offset nil
      project-find-functions (list (lambda (_) (cons 'transient default-directory))))

(defun until-true (what condition)
  "Wait until CONDITION holds, or fail naming WHAT."
  (with-timeout (20 (error "waited in vain for %s" what))
    (while (not (funcall condition))
      (accept-process-output nil 0.05))))

(defun spots ()
  "Line, start and end column of each diagnostic, 0-based, in characters."
  (eglot--signal-textDocument/didChange) ; waits for an idle user, of which there is none in batch
  (flymake-start)
  (mapcar (lambda (d)
            (save-excursion
              (goto-char (flymake-diagnostic-beg d))
              (let ((start (current-column)))
                (goto-char (flymake-diagnostic-end d))
                (vector (1- (line-number-at-pos)) start (current-column) (flymake-diagnostic-text d)))))
          (flymake-diagnostics)))

(defun connect ()
  "Open the file with the server that the recipe names; the server."
  (find-file (getenv "DIFFVET_FILE"))
  (apply #'eglot (eglot--guess-contact))
  (flymake-mode 1)
  (eglot-current-server))

(defun end (server)
  "End SERVER; its exit code. What eglot-shutdown does, without the SIGKILL that it sends right after."
  (let ((process (jsonrpc--process server)))
    (setf (eglot--shutdown-requested server) t)
    (jsonrpc-request server :shutdown nil :timeout 20)
    (jsonrpc-notify server :exit nil)
    (until-true "the server to end" (lambda () (not (process-live-p process))))
    (process-exit-status process)))

(defun choose (words)
  "Open the menu of code actions on the first finding, and choose the one whose title holds WORDS."
  (let* ((found (car (flymake-diagnostics)))
         (last-nonmenu-event ?x)
         (chosen nil))
    (goto-char (flymake-diagnostic-beg found))
    (cl-letf (((symbol-function 'completing-read)
               (lambda (_prompt menu &rest _)
                 (setq chosen (seq-find (lambda (title) (string-match-p (regexp-quote words) title))
                                        (mapcar #'car menu))))))
      (eglot-code-actions (flymake-diagnostic-beg found) (flymake-diagnostic-end found) nil t))
    (unless chosen (error "there is no action %s" words))))

(defun told ()
  "What the echo area is given to show for the place of the cursor."
  (let (note)
    (eglot-hover-eldoc-function (lambda (text &rest _) (setq note text)))
    (until-true "the hover" (lambda () note))
    (substring-no-properties note)))

(defun review ()
  "Open, look, hover, fix by hand, save."
  (let ((server (connect)) shown)
    (until-true "diagnostics" #'spots)
    (let ((opened (vconcat (spots)))
          (note (progn
                  (goto-char (flymake-diagnostic-beg (car (flymake-diagnostics))))
                  (setq shown (told))
                  (jsonrpc-request server :textDocument/hover (eglot--TextDocumentPositionParams)))))
      (goto-char (point-min))
      (while (search-forward "cmd, shell=True" nil t)
        (replace-match "[cmd], check=True" t t))
      (save-buffer)
      (until-true "the finding to be cleared" (lambda () (null (spots))))
      (list (cons "opened" opened)
            (cons "kind" (plist-get (plist-get note :contents) :kind))
            (cons "shown" shown)
            (cons "note" (plist-get (plist-get note :contents) :value))
            (cons "exit_code" (end server))))))

(defun act ()
  "The verified fix from the menu; taken back; then dismissed from the menu."
  (let ((server (connect)) (before (buffer-string)) fixed)
    (until-true "diagnostics" #'spots)
    (choose "fix:")
    (setq fixed (buffer-string))
    (until-true "the finding to be cleared" (lambda () (null (spots))))
    (erase-buffer)
    (insert before)
    (until-true "the finding to come back" #'spots)
    (choose "dismiss for me (false positive)")
    (until-true "the finding to be dismissed" (lambda () (null (spots))))
    (list (cons "fixed" fixed) (cons "exit_code" (end server)))))

(defun greet ()
  "The server starts and ends."
  (list (cons "exit_code" (end (connect)))))

(defun restart ()
  "Another server finds the same."
  (let ((server (connect)) opened)
    (until-true "diagnostics" #'spots)
    (setq opened (vconcat (spots)))
    (end server)
    (until-true "an editor without a server" (lambda () (null (eglot-current-server))))
    (setq server (connect))
    (until-true "the same again" #'spots)
    (list (cons "opened" opened) (cons "again" (vconcat (spots))) (cons "exit_code" (end server)))))

(defun state (server)
  "What the root of the file is doing, as SERVER lists it."
  (let ((listed (jsonrpc-request server :diffvet/findings (list :uri (plist-get (eglot--TextDocumentIdentifier) :uri)))))
    (plist-get (plist-get (aref (plist-get listed :roots) 0) :status) :state)))

(defun asked ()
  "How many questions the model was asked."
  (with-temp-buffer
    (ignore-errors (insert-file-contents (getenv "DIFFVET_ASKED")))
    (count-lines (point-min) (point-max))))

(defun cancel ()
  "With a reviewer that never answers: a cancelled job ends, and so does the server during the next one."
  (let* ((server (connect))
         (job (eglot-execute-command server "diffvet.server.review"
                                     (vector (plist-get (eglot--TextDocumentIdentifier) :uri)))))
    (until-true "the question" (lambda () (= (asked) 1)))
    (until-true "the review" (lambda () (equal (state server) "reviewing")))
    (jsonrpc-notify server :window/workDoneProgress/cancel (list :token job))
    (until-true "the end of the review" (lambda () (not (equal (state server) "reviewing"))))
    (eglot-execute-command server "diffvet.server.review" (vector (plist-get (eglot--TextDocumentIdentifier) :uri)))
    (until-true "the next question" (lambda () (= (asked) 2)))
    (list (cons "opened" (vconcat (spots))) (cons "exit_code" (end server)))))

(let ((seen (condition-case problem (funcall (intern (getenv "DIFFVET_SCENARIO")))
              (error (list (cons "error" (error-message-string problem)))))))
  (with-temp-file (getenv "DIFFVET_RESULT")
    (set-buffer-file-coding-system 'utf-8)
    (insert (json-encode seen)))
  (kill-emacs (if (assoc "error" seen) 1 0)))
