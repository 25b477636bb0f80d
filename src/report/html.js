/* SPDX-License-Identifier: Apache-2.0 */
/* Narrows the list of findings. The report is complete without this: nothing is made here. */
(function () {
  'use strict';
  var form = document.getElementById('filter');
  if (!form) return;
  var items = Array.prototype.slice.call(document.querySelectorAll('.finding'));
  var words = items.map(function (f) { return f.textContent.toLowerCase(); });
  var said = form.querySelector('output');

  function apply() {
    var severities = {}, shown = 0;
    form.querySelectorAll('input[type=checkbox]').forEach(function (c) { severities[c.value] = c.checked; });
    var kind = form.kind.value, rule = form.rule.value, text = form.text.value.trim().toLowerCase();
    items.forEach(function (f, i) {
      var d = f.dataset;
      f.hidden = !severities[d.severity] || (kind && d.kind !== kind) || (rule && d.rule !== rule) ||
        (text && words[i].indexOf(text) < 0);
      if (!f.hidden) shown++;
    });
    said.textContent = shown === items.length ? '' : shown + ' of ' + items.length + ' entries shown';
  }
  function setAll(open) { items.forEach(function (f) { f.open = open; }); }

  form.hidden = false;
  form.addEventListener('input', apply);
  form.addEventListener('submit', function (e) { e.preventDefault(); });
  form.addEventListener('reset', function () { setTimeout(apply); });
  document.getElementById('open-all').addEventListener('click', function () { setAll(true); });
  document.getElementById('close-all').addEventListener('click', function () { setAll(false); });
  window.addEventListener('beforeprint', function () {
    document.querySelectorAll('details').forEach(function (d) { d.open = true; });
  });
}());
