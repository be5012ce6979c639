import { createTheme, Modal } from '@mantine/core';

/** Sizes and fonts are in theme.css: the variables are static, since the page may not make styles at run time. */
export const theme = createTheme({
  primaryColor: 'blue',
  primaryShade: { light: 8, dark: 5 },
  autoContrast: true,
  defaultRadius: 'sm',
  fontFamily: 'var(--mantine-font-family)',
  respectReducedMotion: true,
  components: {
    // The lock would put a <style> of its own into the page, which the page's policy refuses; nothing scrolls behind.
    Modal: Modal.extend({ defaultProps: { lockScroll: false, transitionProps: { duration: 0 } } }),
  },
});
