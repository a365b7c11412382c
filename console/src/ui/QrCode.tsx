import { Image } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { toDataURL } from "qrcode";

/** A QR code, drawn here: what is in it goes nowhere. */
export function QrCode({ text, label, size = 220 }: { text: string; label: string; size?: number }) {
  const { data } = useQuery({
    queryKey: ["qr", text],
    queryFn: () => toDataURL(text, { margin: 2, width: size * 2, errorCorrectionLevel: "M" }),
    gcTime: 0,
  });
  return data ? <Image src={data} alt={label} w={size} h={size} radius="md" /> : null;
}
