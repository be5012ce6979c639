// A procedure is a .sql file; the bundler and the test runner hand it over as text (scripts/sql-text.mjs).
declare module '*.sql' {
  const text: string;
  export default text;
}
