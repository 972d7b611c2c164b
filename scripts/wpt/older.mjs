// What older files of web-platform-tests expect of their surroundings and today's no longer give, so that a checkout of any
// year runs; and files that nearly every test needs, for a copy that has not got them.

/** Appended to `testharness.js`. */
export const forHarness = `
(() => {
  const codes = {
    SYNTAX_ERR: 'SyntaxError',
    INVALID_STATE_ERR: 'InvalidStateError',
    INVALID_ACCESS_ERR: 'InvalidAccessError',
    SECURITY_ERR: 'SecurityError',
  };
  self.assert_throws ??= (what, f, ...rest) =>
    typeof what === 'string'
      ? assert_throws_dom(codes[what] ?? what, f, ...rest)
      : assert_throws_js(self[what.name], f, ...rest);
  self.assert_regexp_match ??= (text, pattern, ...rest) => assert_true(pattern.test(text), ...rest);
  self.step_timeout ??= setTimeout.bind(self);
})();
`;

/** Appended to `constants.js`. */
export const forConstants = `
var SCHEME_AND_DOMAIN = SCHEME_DOMAIN_PORT;
`;

/** @type {Record<string, string>} */
export const files = {
  '/common/blank.html': '',
  '/common/utils.js':
    'var token = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;',
};

/** Substituted whether they are asked for with `pipe=sub` or not: some pages of old say `pipe=config`, or nothing. */
export const isAlwaysSubstituted = /^\/websockets\/constants\.js$/;
