import { Anchor, type AnchorProps, Button, type ButtonProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import { type AnchorHTMLAttributes, forwardRef } from "react";

type Plain = AnchorHTMLAttributes<HTMLAnchorElement>;

const RoutedAnchor = forwardRef<HTMLAnchorElement, AnchorProps & Plain>((props, ref) => (
  <Anchor ref={ref} {...props} />
));
const RoutedButton = forwardRef<HTMLAnchorElement, ButtonProps & Plain>((props, ref) => (
  <Button ref={ref} component="a" {...props} />
));

/** A link to a place within the console. */
export const LinkTo = createLink(RoutedAnchor);
/** The same, looking like a button. */
export const ButtonTo = createLink(RoutedButton);
