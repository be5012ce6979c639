import { createTheme, Menu, Modal, Tooltip } from '@mantine/core';

/** Sizes and fonts are in theme.css: the variables are static, since the page may not make styles at run time. */
export const theme = createTheme({
  primaryColor: 'blue',
  primaryShade: { light: 8, dark: 5 },
  defaultRadius: 'sm',
  fontFamily: 'var(--mantine-font-family)',
  respectReducedMotion: true,
  components: {
    // The lock would put a <style> of its own into the page, which the page's policy refuses; nothing scrolls behind.
    Modal: Modal.extend({
      defaultProps: {
        lockScroll: false,
        transitionProps: { duration: 0 },
        closeButtonProps: { 'aria-label': 'Close' },
      },
    }),
    // The placeholder that takes the first focus is no item of a menu; without it the first item takes it.
    Menu: Menu.extend({
      defaultProps: { transitionProps: { duration: 0 }, withInitialFocusPlaceholder: false, menuItemTabIndex: 0 },
    }),
    Tooltip: Tooltip.extend({
      defaultProps: {
        openDelay: 250,
        transitionProps: { duration: 0 },
        // What a pointer is told, the keyboard is told too.
        events: { hover: true, focus: true, touch: false },
      },
    }),
  },
});
