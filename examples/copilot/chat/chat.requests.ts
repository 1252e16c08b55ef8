import { z } from 'zod';

export const messageBody = z.object({ message: z.string().trim().min(1).max(4_000) });
export type MessageBody = z.infer<typeof messageBody>;

export const feedbackBody = z.object({ traceId: z.string().min(1).max(200), rating: z.enum(['up', 'down']) });
export type FeedbackBody = z.infer<typeof feedbackBody>;
